import { describe, expect, it } from 'vitest'
import { collection } from './collection.ts'
import { compose, piecesOf } from './compose.ts'
import { outlineOf } from './outline.ts'
import { search, termsOf } from './search.ts'
import { verify } from './verify.ts'

describe('searching', () => {
  it('takes forms of a word for one, and leaves out what means nothing', () => {
    expect(termsOf('The floods are flooding the flooded plain')).toEqual(['flood', 'flood', 'flood', 'plain'])
  })

  it('finds the sentence that says it, before those that touch it', () => {
    expect(search('salmon find their stream by smell', collection)[0]?.sentence).toContain('find it by smell')
  })

  it('finds rare words before common ones', () => {
    expect(search('beavers', collection).every(({ sentence }) => /beaver/i.test(sentence))).toBe(true)
  })

  it('finds nothing where there is nothing', () => {
    expect(search('xylophone', collection)).toEqual([])
    expect(search('the of and', collection)).toEqual([])
  })
})

describe('verifying', () => {
  const hits = search('dams, fish and sediment', collection)

  it('keeps fewer statements the more support they need, and never takes a text for its own witness', () => {
    const [light, standard, strict] = (['light', 'standard', 'strict'] as const).map((level) =>
      verify(hits, collection, level),
    )
    expect(light).toHaveLength(hits.length)
    expect(standard?.length).toBeLessThan(hits.length)
    expect(strict?.length).toBeLessThan(standard?.length ?? 0)
    expect(strict?.every(({ source, support }) => support.every(({ key }) => key !== source.key))).toBe(true)
    expect(strict?.every(({ support }) => support.length >= 2)).toBe(true)
  })
})

describe('writing', () => {
  const outline = outlineOf('dams', verify(search('dams, fish and sediment', collection), collection, 'light'), false)

  it('puts each statement into one section, in the order of its source', () => {
    const all = outline.sections.flatMap(({ statements }) => statements)
    expect(new Set(all.map(({ sentence }) => sentence)).size).toBe(all.length)
    for (const { statements } of outline.sections) {
      const places = statements.map(({ index }) => index)
      expect(places).toEqual([...places].sort((a, b) => a - b))
    }
  })

  it('cites what it says, in the house style as well', () => {
    for (const useStyle of [false, true]) {
      const blocks = compose({ docId: 'doc_1', outline, useStyle })
      expect(blocks[0]).toEqual({ blockId: 'title', text: '# Dams', cites: [] })
      for (const { text, cites } of blocks.filter((block) => block.cites.length > 0)) {
        const keys = [...text.matchAll(/\[(\w+)\]/g)].map(([, key]) => key)
        expect(new Set(keys)).toEqual(new Set(cites.map(({ key }) => key)))
      }
    }
  })

  it('comes in pieces that are the text again', () => {
    const text = 'A dam  evens out\nthe flow.'
    expect(piecesOf(text).join('')).toBe(text)
    expect(piecesOf(text)).toHaveLength(2)
  })
})
