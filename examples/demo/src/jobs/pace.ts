interface Mark {
  readonly done: number
  readonly atMs: number
}

/** How many marks back the pace is measured: long enough to be steady, short enough to follow a busy machine. */
const markedSteps = 12

/** Frames per second over the last few marks; 0 until two of them lie apart. */
export class Pace {
  #marks: Mark[]

  constructor(start: Mark) {
    this.#marks = [start]
  }

  mark(done: number, atMs: number): void {
    this.#marks = [...this.#marks.slice(-markedSteps), { done, atMs }]
  }

  get fps(): number {
    const first = this.#marks[0]
    const last = this.#marks.at(-1)
    if (!first || !last || last.atMs <= first.atMs) return 0
    return ((last.done - first.done) * 1000) / (last.atMs - first.atMs)
  }
}
