/** Red, green, blue, each 0-255. */
export type Rgb = readonly [number, number, number]

/** From the deepest sheet of paper to the topmost one. */
const palettes: readonly (readonly string[])[] = [
  ['#1a1038', '#4a1d5f', '#93286b', '#d94f63', '#f88f6a', '#ffcf94', '#fff0d2'],
  ['#04212f', '#0a4a5c', '#10787c', '#2aa98f', '#7dd3a0', '#cfeeb0', '#fbf7d6'],
  ['#10163a', '#1d2f74', '#2f57b0', '#4c8fd8', '#86c3ec', '#c5e6f5', '#fdf6e9'],
  ['#2a0f1c', '#5d1730', '#9c2a3b', '#d25a3c', '#ec9748', '#f7cf79', '#fdf2cf'],
  ['#15182b', '#2f2f5c', '#5a4a92', '#8d6cc0', '#c298dd', '#ecc6e6', '#fff1f1'],
]

/** `sheets` colours of palette number `index` (any non-negative integer), evenly spread from deep to light. */
export function palette(index: number, sheets: number): Rgb[] {
  const stops = (palettes[index % palettes.length] ?? []).map(parseHex)
  return Array.from({ length: sheets }, (_, sheet) => at(stops, (sheet / (sheets - 1)) * (stops.length - 1)))
}

function at(stops: readonly Rgb[], place: number): Rgb {
  const low = stops[Math.floor(place)] ?? black
  const high = stops[Math.ceil(place)] ?? low
  const share = place - Math.floor(place)
  const mix = (from: number, to: number) => from + (to - from) * share
  return [mix(low[0], high[0]), mix(low[1], high[1]), mix(low[2], high[2])]
}

const black: Rgb = [0, 0, 0]

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
