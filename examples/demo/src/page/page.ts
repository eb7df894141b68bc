import { alertFailure } from './alert.ts'
import { makeTrouble, startJob } from './api.ts'
import { element } from './element.ts'
import { createEventLog } from './event-log.ts'
import { createJobView } from './job-view.ts'
import { createLinkView } from './link-view.ts'
import { exposeReport } from './report.ts'
import { createScreen } from './screen.ts'
import { createViewer } from './viewer.ts'

const log = createEventLog()
const viewer = createViewer({ log, screen: createScreen(), job: createJobView(), link: createLinkView(log) })
exposeReport(() => viewer.report())

// The job stands in the address, so that a reload, a bookmark or a shared link finds it again.
window.addEventListener('hashchange', followAddress)
followAddress()

function followAddress(): void {
  const jobId = window.location.hash.slice(1)
  if (jobId === viewer.report().jobId) return
  if (jobId === '') viewer.leave()
  else viewer.follow(jobId)
}

element('start', HTMLFormElement).addEventListener('submit', (submitted) => {
  submitted.preventDefault()
  const form = element('start', HTMLFormElement)
  const button = form.querySelector('button')
  if (button) button.disabled = true
  startJob(Number(new FormData(form).get('frames')))
    .then((jobId) => (window.location.hash = jobId))
    .catch(alertFailure)
    .finally(() => {
      if (button) button.disabled = false
    })
})

for (const [id, kind, said] of [
  ['cut', 'cut', 'you cut the connection'],
  ['restart', 'restart-stream', 'you restarted the stream'],
] as const) {
  element(id, HTMLButtonElement).addEventListener('click', () => {
    const { jobId } = viewer.report()
    if (jobId === undefined) return
    log.add('plain', said)
    makeTrouble(kind, jobId).catch(alertFailure)
  })
}
