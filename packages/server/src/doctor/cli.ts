import { doctor } from './doctor.ts'

const { stdout, stderr, argv, env } = process

process.exitCode = await doctor({
  args: argv.slice(2),
  // As no-color.org and most programs have it.
  color: env['FORCE_COLOR'] !== undefined || (stdout.isTTY && !env['NO_COLOR']),
  print: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
})
