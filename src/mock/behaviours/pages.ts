/** One page of a list, in the envelope that Connect's lists share. */
export function pageOf<Item>(
  items: readonly Item[],
  query: Readonly<Record<string, string>>,
): { readonly data: readonly Item[]; readonly meta: Readonly<Record<string, number | null>> } {
  // An empty parameter is as good as none.
  const page = Number(query['page'] || 1);
  const perPage = Number(query['per_page'] || 15);
  const skipped = (page - 1) * perPage;
  const data = items.slice(skipped, skipped + perPage);
  return {
    data,
    meta: {
      current_page: page,
      from: data.length > 0 ? skipped + 1 : null,
      last_page: Math.ceil(items.length / perPage),
      per_page: perPage,
      to: data.length > 0 ? skipped + data.length : null,
      total: items.length,
    },
  };
}
