import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

/** One `import` or `export … from` of a source file. */
export interface Import {
  /** Path of the importing file inside the package's src, such as `transports/sse.ts`. */
  readonly from: string
  /** A path inside src for a relative specifier (it starts with `../` where it leaves src), else the specifier itself. */
  readonly to: string
  readonly relative: boolean
  /** Whether the compiler erases it, so that it cannot be part of a runtime cycle. */
  readonly typeOnly: boolean
}

/** Source files of a folder, tests left out, as paths inside it. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .sort()
}

/** All imports of the source files of a folder. */
export function readImports(folder: string): Import[] {
  return sourceFiles(folder).flatMap((file) => importsOf(file, readFileSync(join(folder, file), 'utf8')))
}

/** Imports of one file: declarations, re-exports, `import()` and `import('…').Type`. */
export function importsOf(file: string, text: string): Import[] {
  const imports: Import[] = []
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (!specifier || !ts.isStringLiteral(specifier)) return
    const relative = specifier.text.startsWith('.')
    const to = relative ? posix.join(posix.dirname(file), specifier.text) : specifier.text
    imports.push({ from: file, to, relative, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest))
  return imports
}

/** The first runtime cycle found, as the files along it, or `undefined`. */
export function findCycle(imports: readonly Import[]): string[] | undefined {
  const targets = new Map<string, string[]>()
  for (const { from, to, relative, typeOnly } of imports) {
    if (relative && !typeOnly) targets.set(from, [...(targets.get(from) ?? []), to])
  }
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    for (const to of targets.get(file) ?? []) {
      const cycle = walk(to, [...path, file])
      if (cycle) return cycle
    }
    done.add(file)
    return undefined
  }
  for (const file of targets.keys()) {
    const cycle = walk(file, [])
    if (cycle) return cycle
  }
  return undefined
}
