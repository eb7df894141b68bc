const worn = [
  'game changer',
  'game-changer',
  'next level',
  'think outside the box',
  'in today’s world',
  "in today's world",
  'cutting edge',
  'cutting-edge',
  'revolutionary',
  'unlock the power',
  'unlock your potential',
  'one-stop shop',
  'state of the art',
  'seamless experience',
  'take your business to the next level',
  'click the link below',
  'like and subscribe',
  'what are you waiting for',
  'say goodbye to',
  'best kept secret',
  'once in a lifetime',
  'at the end of the day',
] as const

/** The worn phrases of a text, each once, longer ones in place of those that are part of them. */
export function clichesIn(text: string): string[] {
  const lower = text.toLowerCase()
  const found = worn.filter((phrase) => lower.includes(phrase))
  return found.filter((phrase) => !found.some((other) => other !== phrase && other.includes(phrase)))
}
