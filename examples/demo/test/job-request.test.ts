import { describe, expect, it } from 'vitest'
import { parseJobRequest } from '../src/jobs/job-request.ts'

describe('a job request', () => {
  it('fills in what is left out', () => {
    expect(parseJobRequest(undefined)).toEqual({ frames: 180, title: 'Paper hills' })
    expect(parseJobRequest({ frames: 24 })).toEqual({ frames: 24, title: 'Paper hills' })
    expect(parseJobRequest({ frames: 600, title: ' Dunes ' })).toEqual({ frames: 600, title: 'Dunes' })
  })

  it.each([
    [{ frames: 23 }, 'frames must be a whole number from 24 to 600, got 23.'],
    [{ frames: 601 }, 'frames must be a whole number from 24 to 600, got 601.'],
    [{ frames: 30.5 }, 'frames must be a whole number from 24 to 600, got 30.5.'],
    [{ frames: '60' }, 'frames must be a whole number from 24 to 600, got "60".'],
    [{ frames: null }, 'frames must be a whole number from 24 to 600, got null.'],
    [{ title: '  ' }, 'title must be a text of 1 to 80 characters, got "  ".'],
    [{ title: 7 }, 'title must be a text of 1 to 80 characters, got 7.'],
    [{ title: 'x'.repeat(81) }, `title must be a text of 1 to 80 characters, got "${'x'.repeat(39)}….`],
    [{ seed: 1 }, 'Unknown field "seed": only frames and title are taken.'],
    [[], 'The body must be a JSON object, or empty.'],
    [null, 'The body must be a JSON object, or empty.'],
  ])('refuses %j', (body, message) => {
    expect(() => parseJobRequest(body)).toThrow(message)
  })
})
