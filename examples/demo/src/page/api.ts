/** Prefix of every address of the server; empty where it serves the pages as well. */
export const baseUrl: string = import.meta.env['VITE_API_BASE_URL'] ?? ''

/** A refusal by the server, in its own words. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'Refused'
    this.status = status
  }
}

/** @throws {Refused} with the server's message; {TypeError} if it cannot be reached. */
export function get<T>(path: string): Promise<T> {
  return request<T>(path, {})
}

/** As {@link get}. */
export function post<T>(path: string, body: object = {}): Promise<T> {
  return request<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(baseUrl + path, init)
  const answer: unknown = await response.json().catch(() => ({}))
  // The server is our own: its answers are as they are documented.
  if (response.ok) return answer as T
  const { error } = answer as { error?: { message?: string } }
  throw new Refused(response.status, error?.message ?? `The server answered ${response.status}.`)
}
