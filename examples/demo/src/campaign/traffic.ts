import type { LogLine } from './click-log.ts'

/** How people behave towards one variant. Nobody who computes results knows these. */
export interface Behaviour {
  readonly id: string
  /** Chance that one who sees it clicks. */
  readonly clickRate: number
  /** Chance that one who clicks buys. */
  readonly buyRate: number
}

export interface Traffic {
  readonly variants: readonly Behaviour[]
  /** Of all variants together. */
  readonly impressionsPerSecond: number
  /** Factor on everybody's chance to click. */
  readonly interest: number
}

/** Euros for a thousand impressions. */
const costPerThousand = 6
/** Euros that a purchase brings, on average. */
const basket = 42

/**
 * What the visitors of so many seconds do, one by one: each sees a variant by lot, clicks or not, buys or not.
 * @param random from 0 to below 1
 */
export function visit(traffic: Traffic, seconds: number, at: number, random: () => number): LogLine[] {
  const { variants, impressionsPerSecond, interest } = traffic
  const visitors = countOf(impressionsPerSecond * seconds, random)
  const lines = variants.map(({ id }) => ({
    at,
    variant: id,
    impressions: 0,
    clicks: 0,
    conversions: 0,
    spend: 0,
    revenue: 0,
  }))
  for (let visitor = 0; visitor < visitors; visitor++) {
    const index = Math.floor(random() * variants.length)
    const behaviour = variants[index]
    const line = lines[index]
    if (!behaviour || !line) continue
    line.impressions += 1
    line.spend += costPerThousand / 1000
    if (random() >= behaviour.clickRate * interest) continue
    line.clicks += 1
    if (random() >= behaviour.buyRate) continue
    line.conversions += 1
    line.revenue += basket * (0.5 + random())
  }
  return lines
}

/** A whole number of this mean. */
function countOf(mean: number, random: () => number): number {
  return Math.floor(mean) + (random() < mean % 1 ? 1 : 0)
}
