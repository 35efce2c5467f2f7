/** METADATA as the toolchain lists it, as far as it is looked at here. */
type Annotation = {
  readonly package: string;
  readonly scope: string;
  readonly custom?: Readonly<Record<string, unknown>> | null | undefined;
};

/** What tests cite, by their paths; what a whole package of tests cites, by the beginning that their paths share. */
export type Cited = Readonly<Record<string, readonly string[]>>;

/** What packages cite for all their tests: OPA takes one block for a package, whatever file of it that stands in. */
export function citedByPackages(annotations: readonly Annotation[]): Cited {
  return Object.fromEntries(
    annotations.flatMap(({ package: name, scope, custom }) => {
      const ids: unknown = custom?.requirements;
      if (scope !== "package" || !Array.isArray(ids)) return [];
      return [[`data.${name}.`, ids.filter((id) => typeof id === "string")]];
    }),
  );
}

/** What one test cites, by itself or by its package; sorted, each once. */
export function citedBy(id: string, packageName: string, cited: Cited): readonly string[] {
  return [...new Set([...(cited[id] ?? []), ...(cited[`data.${packageName}.`] ?? [])])].sort();
}
