const maxStages = 32

/** Stages by name with one that is new or has changed, at most 32 of them; `undefined` where that one is not taken. */
export const stagesWith = <Stage>(
  stages: Readonly<Record<string, Stage>>,
  name: string,
  stage: Stage,
): Readonly<Record<string, Stage>> | undefined =>
  // Under a name such as `constructor` something is found in any object.
  name in {} || (!(name in stages) && Object.keys(stages).length >= maxStages)
    ? undefined
    : { ...stages, [name]: stage }
