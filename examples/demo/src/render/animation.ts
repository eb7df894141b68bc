import gifenc from 'gifenc'
import type { Picture } from './scene.ts'

/** Milliseconds each frame of the finished animation stands. GIF counts in hundredths of a second. */
const frameDelayMs = 40
/** The finished animation is half as wide and high as the frames: a quarter of the bytes. */
const shrink = 2
const colours = 128

export interface Animation {
  add(picture: Picture): void
  finish(): Uint8Array
}

/** Assembles a GIF that repeats for ever, one palette per frame. */
export function createAnimation(): Animation {
  const encoder = gifenc.GIFEncoder()
  return {
    add(picture) {
      const { width, height, rgba } = shrunk(picture)
      const palette = gifenc.quantize(rgba, colours)
      encoder.writeFrame(gifenc.applyPalette(rgba, palette), width, height, { palette, delay: frameDelayMs, repeat: 0 })
    },
    finish() {
      encoder.finish()
      return encoder.bytes()
    },
  }
}

/** The picture at 1/`shrink`, each pixel the mean of those it covers, in the RGBA that the quantiser reads. */
function shrunk({ width, height, data }: Picture): { width: number; height: number; rgba: Uint8Array } {
  const small = { width: Math.floor(width / shrink), height: Math.floor(height / shrink) }
  const rgba = new Uint8Array(small.width * small.height * 4)
  let write = 0
  for (let y = 0; y < small.height; y++) {
    for (let x = 0; x < small.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let part = 0; part < shrink * shrink; part++) {
          const column = x * shrink + (part % shrink)
          const row = y * shrink + Math.floor(part / shrink)
          sum += data[(row * width + column) * 3 + channel] ?? 0
        }
        rgba[write++] = sum / (shrink * shrink)
      }
      rgba[write++] = 255
    }
  }
  return { ...small, rgba }
}
