/** What the server has published to a lab link, kept by the process and not by the server that is restarted in it. */
export interface LedgerEntry {
  /** The number of the event published last; the next one is one higher, through all restarts. */
  last: number
  /** Where each life of the server began: what was published before is gone from its history. */
  readonly lives: number[]
}

/** By lab ID. */
export type Ledger = Map<string, LedgerEntry>
