import { useEffect, useState } from 'react'
import { createLatestOnly } from './latest-only.ts'

/** A picture that is loaded and can be shown without a flicker. */
export interface Picture {
  readonly url: string
  readonly alt: string
}

/**
 * The newest of the pictures that are asked for, once it is loaded: in the background, so that the screen never goes
 * blank in between. Where one fails the picture before stays: the server may be away, and the next one comes.
 */
export function usePicture(key: string, wanted: Picture | undefined): Picture | undefined {
  const [shown, setShown] = useState<{ readonly key: string; readonly picture: Picture }>()
  const [loader] = useState(() =>
    createLatestOnly(async ({ key: of, picture }: { key: string; picture: Picture }) => {
      const image = new Image()
      image.src = picture.url
      await image.decode().then(
        () => setShown({ key: of, picture }),
        () => {},
      )
    }),
  )
  const url = wanted?.url
  const alt = wanted?.alt ?? ''
  useEffect(() => {
    if (url === undefined) loader.clear()
    else loader.push({ key, picture: { url, alt } })
  }, [loader, key, url, alt])
  return shown?.key === key ? shown.picture : undefined
}
