/** What the render worker is asked to do; one task at a time, answered by a {@link WorkerAnswer} of the same `task`. */
export type WorkerTask =
  | {
      readonly kind: 'frame'
      readonly seed: number
      readonly number: number
      readonly totalFrames: number
      readonly file: string
    }
  | { readonly kind: 'animation'; readonly frameFiles: readonly string[]; readonly file: string }

export type WorkerAnswer =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'done'; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'failed'; readonly message: string }
