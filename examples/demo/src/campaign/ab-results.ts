import { alwaysValidP } from './sequential-test.ts'
import type { ABTestVariant } from '@steadystream/core/presets'
import type { Counts } from './click-log.ts'

export interface ABResults {
  readonly variants: readonly ABTestVariant[]
  readonly winner: string | undefined
}

/** From 0 to 1, from which on a difference counts as real. */
const enough = 0.95

export interface ABTest {
  /** What the counts say now. Confidence never falls: that is what looking often is paid with. */
  look(totals: ReadonlyMap<string, Counts>): ABResults
}

/** Compares each variant with the one that was there first. */
export function createABTest(): ABTest {
  const smallestP = new Map<string, number>()
  let winner: string | undefined

  return {
    look(totals) {
      const [control, ...others] = [...totals].map(([id, counts]) => ({ id, ...counts }))
      if (!control) return { variants: [], winner }
      const sample = ({ impressions, clicks }: Counts) => ({ trials: impressions, successes: clicks })
      const challengers = others.map((other) => {
        const p = Math.min(smallestP.get(other.id) ?? 1, alwaysValidP(sample(control), sample(other)))
        smallestP.set(other.id, p)
        return { ...other, confidence: 1 - p }
      })
      const surest = challengers.reduce((best, { confidence }) => Math.max(best, confidence), 0)
      const variants = [{ ...control, confidence: surest }, ...challengers].map(toVariant)
      if (surest >= enough) winner ??= variants.reduce((best, each) => (each.ctr > best.ctr ? each : best)).id
      return { variants, winner }
    },
  }
}

function toVariant({
  id,
  impressions,
  clicks,
  conversions,
  confidence,
}: Counts & { id: string; confidence: number }): ABTestVariant {
  const ctr = impressions === 0 ? 0 : Math.round((clicks / impressions) * 1e5) / 1e5
  return { id, impressions, clicks, conversions, ctr, confidence: Math.round(confidence * 1e4) / 1e4 }
}
