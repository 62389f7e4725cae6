import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter'

interface Count {
  passed: number
  failed: number
  readonly skipped: string[]
  readonly measured: string[]
  readonly flaky: string[]
  readonly shells: Set<string>
}

/**
 * Says at the end in which shells the tests really ran, what was measured, and by name what passed
 * only when tried again and what was skipped.
 */
export default class ShellReporter implements Reporter {
  readonly #counts = new Map<string, Count>()

  onTestEnd(test: TestCase, result: TestResult): void {
    const name = test.parent.project()?.name ?? ''
    const count = this.#counts.get(name) ?? {
      passed: 0,
      failed: 0,
      skipped: [],
      measured: [],
      flaky: [],
      shells: new Set<string>(),
    }
    this.#counts.set(name, count)
    for (const { type, description = '' } of result.annotations) {
      if (type === 'shell') count.shells.add(description)
      if (type === 'measured') count.measured.push(description)
      if (type === 'skip') count.skipped.push(`${test.title}: ${description}`)
    }
    if (result.status === 'skipped') return
    if (result.status !== 'passed') {
      if (result.retry === test.retries) count.failed++
      return
    }
    count.passed++
    if (result.retry > 0) count.flaky.push(test.title)
  }

  onEnd(): void {
    for (const [name, { passed, failed, skipped, measured, flaky, shells }] of this.#counts) {
      const where = shells.size === 0 ? 'nothing started' : [...shells].join(', ')
      console.log(
        `${name}: ${where}: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
      )
      for (const line of measured) console.log(`  measured ${line}`)
      for (const line of flaky) console.log(`  passed only when tried again: ${line}`)
      for (const line of skipped) console.log(`  skipped ${line}`)
    }
  }

  printsToStdio(): boolean {
    return false
  }
}
