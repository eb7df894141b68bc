import type { CommandDesk } from './command-desk.ts'

/** The desks of all sessions that take commands. */
export class Desks implements Iterable<CommandDesk> {
  readonly #all = new Set<CommandDesk>()
  /** Of those whose commands come apart from their connection, by the secret that proves it. */
  readonly #bySecret = new Map<string, CommandDesk>();

  [Symbol.iterator](): Iterator<CommandDesk> {
    return [...this.#all][Symbol.iterator]()
  }

  add(desk: CommandDesk, secret?: string): void {
    this.#all.add(desk)
    if (secret !== undefined) this.#bySecret.set(secret, desk)
  }

  remove(desk: CommandDesk, secret?: string): void {
    this.#all.delete(desk)
    if (secret !== undefined) this.#bySecret.delete(secret)
  }

  find(secret: string): CommandDesk | undefined {
    return this.#bySecret.get(secret)
  }
}
