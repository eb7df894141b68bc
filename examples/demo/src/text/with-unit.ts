/** `12.3 kB`, which no line breaks in two. */
export const withUnit = (value: number | string, unit: string): string => `${value}\u00a0${unit}`
