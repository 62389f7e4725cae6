/* global document, window, performance, requestAnimationFrame, CanvasRenderingContext2D, WheelEvent, PointerEvent, Event, KeyboardEvent, PerformanceObserver, setTimeout */

/*
 * What the benchmark of the window measures inside its page, with the browser's own clocks. Loaded
 * before the page's own scripts.
 */
;(() => {
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const one = (selector) => document.querySelector(selector)
  const all = (selector) => [...document.querySelectorAll(selector)]

  /** When the canvas was last drawn on, and whether with a bitmap that was not drawn before. */
  const painted = { newBitmapMs: 0 }
  const seen = new WeakSet()
  const draw = CanvasRenderingContext2D.prototype.drawImage
  CanvasRenderingContext2D.prototype.drawImage = function (source, ...place) {
    draw.call(this, source, ...place)
    if (seen.has(source)) return
    seen.add(source)
    painted.newBitmapMs = performance.now()
  }

  /** After the frame that shows what was changed until now. */
  async function frameShown() {
    await nextFrame()
    await rest(0)
    return performance.now()
  }

  async function until(isSo, limitMs = 20_000) {
    const endMs = performance.now() + limitMs
    while (!isSo()) {
      if (performance.now() > endMs) return null
      await nextFrame()
    }
    return frameShown()
  }

  function cellsInView() {
    const view = one('.grid').getBoundingClientRect()
    return all('.grid .cell').filter((cell) => {
      const { top, bottom } = cell.getBoundingClientRect()
      return (top + bottom) / 2 > view.top && (top + bottom) / 2 < view.bottom
    })
  }
  const hasPicture = (cell) => cell.querySelector('img.loaded') !== null
  const isScreenFull = () => {
    const cells = one('.grid') === null ? [] : cellsInView()
    return cells.length > 0 && cells.every(hasPicture)
  }

  /** From a press on a recent project to its first picture and to a whole screen of them. */
  async function openRecent(row) {
    const startMs = performance.now()
    row.click()
    const cells = await until(() => all('.grid .cell').length > 0)
    const picture = await until(() => one('.grid img.loaded') !== null)
    const screen = await until(isScreenFull)
    const { scrollHeight, clientHeight } = one('.grid')
    return {
      firstCellMs: cells - startMs,
      firstPictureMs: picture - startMs,
      fullScreenMs: screen - startMs,
      screens: scrollHeight / clientHeight,
    }
  }

  /** Looks at the grid once a frame: places without a cell, and cells without their picture. */
  function watchGrid() {
    const grid = one('.grid')
    const result = { longestFrameMs: 0, longestBlankMs: 0, pictureMs: [], unseen: 0 }
    const waiting = new Map()
    let blankSinceMs = null
    let lastMs = null
    let isOver = false

    function largestGap() {
      const view = grid.getBoundingClientRect()
      const rows = all('.grid .row')
        .map((row) => row.getBoundingClientRect())
        .filter(({ top, bottom }) => bottom > view.top && top < view.bottom)
        .sort((a, b) => a.top - b.top)
      let reached = view.top
      let gap = 0
      for (const { top, bottom } of rows) {
        gap = Math.max(gap, top - reached)
        reached = Math.max(reached, bottom)
      }
      return Math.max(gap, view.bottom - reached)
    }

    /** Also after a step of the scrolling: what stands there then is painted. */
    function look() {
      const nowMs = performance.now()
      // The space between rows, and the padding at both ends.
      if (largestGap() > 24) blankSinceMs ??= nowMs
      else if (blankSinceMs !== null) {
        result.longestBlankMs = Math.max(result.longestBlankMs, nowMs - blankSinceMs)
        blankSinceMs = null
      }
      const inView = new Set()
      for (const cell of cellsInView()) {
        inView.add(cell.id)
        if (!waiting.has(cell.id)) waiting.set(cell.id, { sinceMs: nowMs, isShown: false })
        const place = waiting.get(cell.id)
        if (!place.isShown && hasPicture(cell)) {
          place.isShown = true
          result.pictureMs.push(nowMs - place.sinceMs)
        }
      }
      for (const [id, { isShown }] of waiting) {
        if (inView.has(id)) continue
        if (!isShown) result.unseen++
        waiting.delete(id)
      }
    }

    function pass(nowMs) {
      if (isOver) return
      if (lastMs !== null) result.longestFrameMs = Math.max(result.longestFrameMs, nowMs - lastMs)
      lastMs = nowMs
      look()
      requestAnimationFrame(pass)
    }
    requestAnimationFrame(pass)
    function end() {
      isOver = true
      return result
    }
    return { look, end }
  }

  /** From the top to the bottom in so many seconds. */
  async function scrollThrough(seconds) {
    const grid = one('.grid')
    grid.scrollTop = 0
    await until(isScreenFull)
    const { look, end } = watchGrid()
    const startMs = performance.now()
    const way = grid.scrollHeight - grid.clientHeight
    for (let part = 0; part < 1;) {
      part = Math.min(1, (performance.now() - startMs) / (1000 * seconds))
      grid.scrollTop = way * part
      look()
      await nextFrame()
    }
    const fullMs = await until(isScreenFull)
    return { ...end(), restToFullMs: fullMs - startMs - 1000 * seconds }
  }

  /** So many screens a second, one notch of the wheel after another. */
  async function scrollAlong(screensASecond, seconds, fromPart) {
    const grid = one('.grid')
    grid.scrollTop = grid.scrollHeight * fromPart
    await until(isScreenFull)
    const { look, end } = watchGrid()
    const startMs = performance.now()
    const fromTop = grid.scrollTop
    for (let sinceMs = 0; sinceMs < 1000 * seconds; sinceMs = performance.now() - startMs) {
      grid.scrollTop = fromTop + (sinceMs / 1000) * screensASecond * grid.clientHeight
      look()
      await nextFrame()
    }
    return end()
  }

  /** To places all over, as by the handle of the scroll bar. */
  async function jump(times) {
    const grid = one('.grid')
    const { look, end } = watchGrid()
    const fullMs = []
    for (let i = 1; i <= times; i++) {
      const startMs = performance.now()
      grid.scrollTop = ((i * 0.6180339887) % 1) * (grid.scrollHeight - grid.clientHeight)
      look()
      await nextFrame()
      fullMs.push((await until(isScreenFull)) - startMs)
      await rest(100)
    }
    return { ...end(), fullMs }
  }

  /** Steps once a frame; gives the times between frames. */
  async function frameGaps(frames, step) {
    const times = []
    for (let i = 0; i <= frames; i++) {
      times.push(await nextFrame())
      step(i)
    }
    return times.slice(1).map((time, i) => time - times[i])
  }

  /** Pans and zooms with the wheel, from a view that shows a part of the image. */
  async function moveCanvas(rounds) {
    const surface = one('.surface')
    const { left, top, width, height } = surface.getBoundingClientRect()
    const middle = { clientX: left + width / 2, clientY: top + height / 2 }
    const turn = (wheel) =>
      surface.dispatchEvent(
        new WheelEvent('wheel', { ...middle, ...wheel, bubbles: true, cancelable: true }),
      )
    for (let i = 0; i < 6; i++) turn({ deltaY: -100 })
    await rest(1500)
    const pans = []
    const zooms = []
    for (let round = 0; round < rounds; round++) {
      pans.push(
        await frameGaps(120, (i) =>
          turn({ deltaX: 14 * Math.sin(i / 20), deltaY: 10.5 * Math.cos(i / 27) }),
        ),
      )
      await rest(500)
      zooms.push(
        await frameGaps(120, (i) => turn({ deltaY: 12 * Math.sin(i / 19.1), ctrlKey: true })),
      )
      await rest(500)
    }
    return { pans, zooms }
  }

  /** From a move of the pointer to the known answer, and to the frame that shows it. */
  async function hover(times) {
    const surface = one('.surface')
    const { left, top, width, height } = surface.getBoundingClientRect()
    const pickMs = []
    const shownMs = []
    for (let i = 0; i < times; i++) {
      const clientX = left + 20 + ((i * 467) % (width - 40))
      const clientY = top + 20 + ((i * 283) % (height - 40))
      const startMs = performance.now()
      surface.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }))
      pickMs.push(performance.now() - startMs)
      if (i % 10 === 0) shownMs.push((await frameShown()) - startMs)
    }
    return { pickMs, shownMs }
  }

  const sliders = () => all('.threshold input[type=range]')

  /** A move of a threshold's slider, until the frame that shows the new masks has been drawn. */
  async function moveThresholds(times) {
    const shownMs = []
    const input = sliders()[0]
    for (let i = 0; i < times; i++) {
      await rest(400)
      input.value = String(0.2 + 0.06 * ((i * 7) % 10))
      const startMs = performance.now()
      input.dispatchEvent(new Event('input', { bubbles: true }))
      if ((await until(() => painted.newBitmapMs > startMs, 3000)) !== null)
        shownMs.push(painted.newBitmapMs - startMs)
    }
    return shownMs
  }

  const annotationTexts = () =>
    all('.annotation')
      .map((row) => row.textContent)
      .join()

  /** Lets a slider go at a threshold: until the image on show follows, and until the project does. */
  async function releaseThreshold(place, threshold) {
    const input = sliders()[place]
    input.value = String(threshold)
    const startMs = performance.now()
    input.dispatchEvent(new Event('input', { bubbles: true }))
    const beforeList = annotationTexts()
    input.dispatchEvent(new Event('change', { bubbles: true }))
    const list = await until(() => annotationTexts() !== beforeList, 10_000)
    const project = await until(() => one('.panel header .spinner') === null, 60_000)
    return {
      imageMs: list === null ? null : list - startMs,
      projectMs: project === null ? null : project - startMs,
    }
  }

  /** Another name for a class: until the list of annotations shows it. */
  async function rename(place, name) {
    const row = all('li.class')[place]
    row
      .querySelector('.name')
      .dispatchEvent(new Event('dblclick', { bubbles: true, cancelable: true }))
    await until(() => row.querySelector('.name-input') !== null)
    const input = row.querySelector('.name-input')
    input.value = name
    input.dispatchEvent(new Event('input', { bubbles: true }))
    await nextFrame()
    const startMs = performance.now()
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
    const shown = await until(
      () => all('.annotation .name').some((label) => label.textContent.trim() === name),
      10_000,
    )
    await until(() => one('.panel header .spinner') !== null, 500)
    const project = await until(() => one('.panel header .spinner') === null, 60_000)
    return { imageMs: shown === null ? null : shown - startMs, projectMs: project - startMs }
  }

  /** The times between frames for so long, and the longest piece of work of the page itself. */
  async function watchFrames(ms) {
    let longestTaskMs = 0
    const observer = new PerformanceObserver((list) => {
      longestTaskMs = Math.max(longestTaskMs, ...list.getEntries().map(({ duration }) => duration))
    })
    observer.observe({ type: 'longtask' })
    const endMs = performance.now() + ms
    const gaps = []
    let lastMs = await nextFrame()
    while (performance.now() < endMs) {
      const nowMs = await nextFrame()
      gaps.push(nowMs - lastMs)
      lastMs = nowMs
    }
    observer.disconnect()
    return { gaps, longestTaskMs }
  }

  window.lexmaskBench = {
    openRecent,
    scrollThrough,
    scrollAlong,
    jump,
    moveCanvas,
    hover,
    moveThresholds,
    releaseThreshold,
    rename,
    watchFrames,
  }
})()
