import gifenc from 'gifenc'
import type { Picture } from './scene.ts'

/** Milliseconds each frame of the finished animation stands. GIF counts in hundredths of a second. */
const frameDelayMs = 40
/** Per frame; enough for eleven sheets with their shadows, and a third smaller than with all 256. */
const colours = 96

export interface Animation {
  add(picture: Picture): void
  finish(): Uint8Array
}

/** Assembles a GIF that repeats for ever, one palette per frame. */
export function createAnimation(): Animation {
  const encoder = gifenc.GIFEncoder()
  return {
    add(picture) {
      const { width, height } = picture
      const rgba = withAlpha(picture)
      const palette = gifenc.quantize(rgba, colours)
      encoder.writeFrame(gifenc.applyPalette(rgba, palette), width, height, { palette, delay: frameDelayMs, repeat: 0 })
    },
    finish() {
      encoder.finish()
      return encoder.bytes()
    },
  }
}

/** The quantiser reads four channels. */
function withAlpha({ width, height, data }: Picture): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255)
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4)
  }
  return rgba
}
