/** Bounds that raise an alert when they are crossed. */
export interface Thresholds {
  /** Click rate of the last half minute, from 0 to 1: below, people have lost interest. */
  readonly minCtr: number
  /** Euros in all. */
  readonly budget: number
  /** Impressions per second: above, something unusual happens. */
  readonly maxImpressionsPerSecond: number
}

/** What the rules look at. */
export interface Readings {
  readonly ctr: number
  /** Impressions that {@link ctr} rests on. */
  readonly ctrImpressions: number
  readonly spend: number
  readonly impressionsPerSecond: number
  readonly winner: string | undefined
}

export interface Raised {
  readonly rule: string
  readonly severity: 'info' | 'warning' | 'critical'
  readonly category: string
  readonly title: string
  readonly message: string
  readonly actionRequired: boolean
}

interface Rule {
  readonly name: string
  readonly isCrossed: (readings: Readings, thresholds: Thresholds) => boolean
  /** Back on the good side by a margin: a figure that trembles at its bound raises one alert and not fifty. */
  readonly isBack: (readings: Readings, thresholds: Thresholds) => boolean
  readonly tell: (readings: Readings, thresholds: Thresholds) => Omit<Raised, 'rule'>
}

const minImpressions = 200

const rules: readonly Rule[] = [
  {
    name: 'ctr',
    isCrossed: ({ ctr, ctrImpressions }, { minCtr }) => ctrImpressions >= minImpressions && ctr < minCtr,
    isBack: ({ ctr, ctrImpressions }, { minCtr }) => ctrImpressions >= minImpressions && ctr > minCtr * 1.1,
    tell: ({ ctr }, { minCtr }) => ({
      severity: 'warning',
      category: 'performance',
      title: 'Click rate is low',
      message: `${percent(ctr)} over the last half minute; the bound is ${percent(minCtr)}.`,
      actionRequired: false,
    }),
  },
  {
    name: 'budget',
    isCrossed: ({ spend }, { budget }) => spend >= budget,
    isBack: ({ spend }, { budget }) => spend < budget,
    tell: ({ spend }, { budget }) => ({
      severity: 'critical',
      category: 'budget',
      title: 'Budget spent',
      message: `${spend.toFixed(2)} € of ${budget.toFixed(2)} € are spent. Raise it, or pause the traffic.`,
      actionRequired: true,
    }),
  },
  {
    name: 'traffic',
    isCrossed: ({ impressionsPerSecond }, { maxImpressionsPerSecond }) =>
      impressionsPerSecond > maxImpressionsPerSecond,
    isBack: ({ impressionsPerSecond }, { maxImpressionsPerSecond }) =>
      impressionsPerSecond < maxImpressionsPerSecond * 0.9,
    tell: ({ impressionsPerSecond }, { maxImpressionsPerSecond }) => ({
      severity: 'warning',
      category: 'traffic',
      title: 'Unusual traffic',
      message: `${Math.round(impressionsPerSecond)} impressions a second; the bound is ${maxImpressionsPerSecond}.`,
      actionRequired: false,
    }),
  },
  {
    name: 'winner',
    isCrossed: ({ winner }) => winner !== undefined,
    isBack: ({ winner }) => winner === undefined,
    tell: ({ winner }) => ({
      severity: 'info',
      category: 'experiment',
      title: `Variant ${winner ?? ''} wins`,
      message: 'The difference in click rate is too large for chance, at 95 %.',
      actionRequired: false,
    }),
  },
]

export interface AlertRules {
  /** The alerts that these readings raise: each once, until its figure has been on the good side again. */
  check(readings: Readings, thresholds: Thresholds): readonly Raised[]
}

export function createAlertRules(): AlertRules {
  const raised = new Set<string>()
  return {
    check(readings, thresholds) {
      const alerts: Raised[] = []
      for (const { name, isCrossed, isBack, tell } of rules) {
        if (raised.has(name)) {
          if (isBack(readings, thresholds)) raised.delete(name)
        } else if (isCrossed(readings, thresholds)) {
          raised.add(name)
          alerts.push({ rule: name, ...tell(readings, thresholds) })
        }
      }
      return alerts
    },
  }
}

const percent = (share: number) => `${(share * 100).toFixed(2)} %`
