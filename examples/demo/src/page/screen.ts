import { frameUrlOf, videoUrlOf } from './api.ts'
import { element, write } from './element.ts'
import { createLatestOnly } from './latest-only.ts'
import { bytesInWords } from './words.ts'

/** The large picture: newest frame, finished animation, or words where there is neither. */
export interface Screen {
  /** Shows a frame as soon as it is loaded; of several that wait, only the newest. */
  showFrame(jobId: string, number: number): void
  showVideo(jobId: string, title: string, bytes: number): void
  showWords(view: 'empty' | 'waiting' | 'error', title: string, text: string): void
}

export function createScreen(): Screen {
  const screen = element('screen', HTMLElement)
  const picture = element('picture', HTMLImageElement)
  const download = element('download', HTMLAnchorElement)
  const notice = element('notice', HTMLElement)
  /** Raised by everything that makes pictures still under way worthless. */
  let generation = 0
  const frames = createLatestOnly(({ jobId, number }: { jobId: string; number: number }) =>
    // Where it fails the picture before stays: the server may be away, and the next frame comes when it is back.
    show(frameUrlOf(jobId, number), `Frame ${number}`, generation).catch(() => {}),
  )

  /** Loads in the background and swaps when ready, so that the screen never goes blank in between. */
  async function show(url: string, alt: string, mine: number): Promise<void> {
    const next = new Image()
    next.src = url
    await next.decode()
    if (mine !== generation) return
    picture.src = url
    picture.alt = alt
    picture.hidden = false
    notice.hidden = true
    screen.dataset['view'] = 'picture'
  }

  return {
    showFrame(jobId, number) {
      frames.push({ jobId, number })
    },
    showVideo(jobId, title, bytes) {
      generation += 1
      frames.clear()
      download.href = videoUrlOf(jobId)
      download.download = `${title}.gif`
      download.textContent = `Download GIF (${bytesInWords(bytes)})`
      download.hidden = false
      const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches && !picture.hidden
      if (!still) show(download.href, `The finished animation “${title}”`, generation).catch(() => {})
    },
    showWords(view, title, text) {
      generation += 1
      frames.clear()
      picture.hidden = true
      download.hidden = true
      notice.hidden = false
      screen.dataset['view'] = view
      write('notice-title', title)
      write('notice-text', text)
    },
  }
}
