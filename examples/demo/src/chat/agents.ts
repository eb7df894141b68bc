import { withUnit } from '../text/with-unit.ts'

/** Who speaks in the chat. */
export interface Agent {
  readonly id: string
  readonly name: string
  /** Of the page's palette, not a CSS colour: light and dark pages have their own. */
  readonly color: string
}

export const agents: readonly Agent[] = [
  { id: 'frames', name: 'Frames', color: 'teal' },
  { id: 'budget', name: 'Budget', color: 'amber' },
  { id: 'split', name: 'Split', color: 'violet' },
  { id: 'links', name: 'Links', color: 'rose' },
]

/** What the agents know when they speak: the state of the studio at that moment. */
export interface Facts {
  readonly jobs: {
    readonly waiting: number
    readonly complete: number
    readonly latestTitle?: string | undefined
    readonly latestFrame?: string | undefined
  }
  readonly campaign: {
    readonly name: string
    readonly spend: number
    readonly budget: number
    readonly roas: number
    readonly ctr: number
  }
  readonly test: {
    readonly variants: readonly { readonly id: string; readonly ctr: number }[]
    readonly confidence: number
    readonly winner?: string | undefined
  }
  readonly links: { readonly connections: number; readonly events: number; readonly channels: number }
}

/** One message for each agent. */
export function commentOn(facts: Facts): readonly { readonly agentId: string; readonly content: string }[] {
  return [
    { agentId: 'frames', content: onJobs(facts.jobs) },
    { agentId: 'budget', content: onBudget(facts.campaign) },
    { agentId: 'split', content: onTest(facts.test) },
    { agentId: 'links', content: onLinks(facts.links) },
  ]
}

const euros = (amount: number) => withUnit(amount.toFixed(2), '€')
const percent = (share: number, digits: number) => withUnit((share * 100).toFixed(digits), '%')

function onJobs({ waiting, complete, latestTitle, latestFrame }: Facts['jobs']): string {
  if (latestTitle === undefined) return 'No render yet. Start one in the studio, and I will count its frames.'
  const rest = waiting === 0 ? `${complete} done, nothing waits.` : `${waiting} in work, ${complete} done.`
  return `“${latestTitle}” stands at frame ${latestFrame ?? '0'}. ${rest}`
}

function onBudget({ name, spend, budget, roas, ctr }: Facts['campaign']): string {
  const share = Math.round((spend / budget) * 100)
  const verdict = roas >= 1 ? `earns ${euros(roas)} for each euro` : `earns ${euros(roas)} a euro, less than it costs`
  return `${name}: ${euros(spend)} spent, ${withUnit(share, '%')} of the budget; it ${verdict}. ${percent(ctr, 2)} click.`
}

function onTest({ variants, confidence, winner }: Facts['test']): string {
  const rates = variants.map(({ id, ctr }) => `${id} ${percent(ctr, 2)}`).join(', ')
  if (rates === '') return 'Nobody has seen a variant yet.'
  if (winner !== undefined) return `${rates}. Variant ${winner} has won; more visitors will not change that.`
  return `${rates}. Confidence ${percent(confidence, 1)}: too early to call.`
}

function onLinks({ connections, events, channels }: Facts['links']): string {
  return `${connections} ${connections === 1 ? 'connection is' : 'connections are'} open on ${channels} ${channels === 1 ? 'channel' : 'channels'}; ${events} events sent so far.`
}
