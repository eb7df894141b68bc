import { palette } from './palette.ts'
import type { Rgb } from './palette.ts'

/** Pixels of one finished frame: RGB, 8 bits each, row by row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

export interface Scene {
  /** Draws frame `number` (1-based) of `totalFrames`; the last one leads back into the first, so the result loops. */
  draw(number: number, totalFrames: number): Picture
}

export const frameWidth = 560
export const frameHeight = 315

/** Samples along each side of a pixel: edges are smooth because every pixel is the mean of four. */
const samplesPerSide = 2
const sheets = 11
/** How far the shadow of a sheet falls, in samples, and how much light it takes there. */
const shadowSteps: readonly (readonly [distance: number, strength: number])[] = [
  [4, 0.17],
  [9, 0.12],
  [16, 0.08],
  [25, 0.05],
]

/**
 * Sheets of paper cut along the contour lines of slowly folding hills, each throwing a soft shadow on the ones below.
 * `seed` (any unsigned 32-bit integer) chooses the colours and the lie of the land.
 */
export function createScene(seed: number): Scene {
  const random = mulberry32(seed)
  const colours = palette(Math.floor(random() * 5), sheets)
  const phases = Array.from({ length: 6 }, () => random() * 2 * Math.PI)
  const gridWidth = frameWidth * samplesPerSide
  const gridHeight = frameHeight * samplesPerSide
  // One grid for the life of the scene: a fresh one per frame would be 2.8 MB of garbage each.
  const heights = new Float32Array(gridWidth * gridHeight)

  return {
    draw(number, totalFrames) {
      const turn = ((number - 1) / totalFrames) * 2 * Math.PI
      fillHeights(heights, gridWidth, gridHeight, phases, turn)
      return paint(heights, gridWidth, gridHeight, colours)
    },
  }
}

/** Time enters only as the sine and cosine of whole turns, which is what makes the animation a loop. */
function fillHeights(
  heights: Float32Array,
  width: number,
  height: number,
  phases: readonly number[],
  turn: number,
): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = phases
  const swing = Math.sin(turn)
  const sway = Math.cos(turn)
  for (let row = 0; row < height; row++) {
    const y = row / height
    const bend = 0.34 * Math.sin(3.1 * y + a + 0.9 * swing)
    for (let column = 0; column < width; column++) {
      const x = column / height
      const foldedX = x + bend + 0.1 * Math.sin(5.3 * y + 2.2 * x + b - sway)
      const foldedY = y + 0.22 * Math.sin(2.6 * foldedX + c + 0.7 * sway)
      const hills =
        Math.sin(2.9 * foldedX + d + swing) +
        0.8 * Math.sin(4.4 * foldedY - 1.2 * foldedX + e + sway) +
        0.35 * Math.sin(6.1 * foldedX + 5.2 * foldedY + f + turn)
      heights[row * width + column] = (hills / 2.15 + 1) / 2
    }
  }
}

function paint(heights: Float32Array, gridWidth: number, gridHeight: number, colours: readonly Rgb[]): Picture {
  const data = new Uint8Array(frameWidth * frameHeight * 3)
  const samples = samplesPerSide * samplesPerSide
  let write = 0
  for (let y = 0; y < frameHeight; y++) {
    for (let x = 0; x < frameWidth; x++) {
      let red = 0
      let green = 0
      let blue = 0
      for (let sample = 0; sample < samples; sample++) {
        const column = x * samplesPerSide + (sample % samplesPerSide)
        const row = y * samplesPerSide + Math.floor(sample / samplesPerSide)
        const place = sheetAt(heights, gridWidth, column, row)
        const light = lightAt(heights, gridWidth, gridHeight, column, row, Math.floor(place))
        const colour = colours[Math.floor(place)] ?? colours[0]
        if (!colour) continue
        // Each sheet is a touch lighter towards its upper edge, as paper that curls is.
        const shade = light * (0.97 + 0.06 * (place % 1))
        red += colour[0] * shade
        green += colour[1] * shade
        blue += colour[2] * shade
      }
      data[write++] = Math.min(255, red / samples)
      data[write++] = Math.min(255, green / samples)
      data[write++] = Math.min(255, blue / samples)
    }
  }
  return { width: frameWidth, height: frameHeight, data }
}

/** Which sheet is on top at a sample: its number, and as the fraction how far up it the sample lies. */
function sheetAt(heights: Float32Array, width: number, column: number, row: number): number {
  const height = heights[row * width + column] ?? 0
  return Math.max(0, Math.min(sheets - 0.001, height * sheets))
}

/** 1 in full light, less where a higher sheet stands between the sample and the lamp at the upper left. */
function lightAt(
  heights: Float32Array,
  width: number,
  height: number,
  column: number,
  row: number,
  own: number,
): number {
  let light = 1
  for (const [distance, strength] of shadowSteps) {
    const towardsLampX = Math.max(0, column - distance)
    const towardsLampY = Math.max(0, Math.min(height - 1, row - distance))
    if (Math.floor(sheetAt(heights, width, towardsLampX, towardsLampY)) > own) light -= strength
  }
  return light
}

/** Small seeded generator: the same job draws the same pictures after a restart. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
