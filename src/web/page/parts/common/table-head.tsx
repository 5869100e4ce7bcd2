/** A text stands left, a number right. A drawing has a name for screen readers only. */
export type Column = string | { readonly number: string; readonly title?: string } | { readonly drawing: string };

interface TableHeadProps {
  readonly columns: readonly Column[];
}

export function TableHead({ columns }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <Heading key={JSON.stringify(column)} column={column} />
        ))}
      </tr>
    </thead>
  );
}

function Heading({ column }: { readonly column: Column }) {
  if (typeof column === 'string') return <th scope="col">{column}</th>;
  if ('drawing' in column)
    return (
      <th scope="col" class="wide">
        <span class="unseen">{column.drawing}</span>
      </th>
    );
  return (
    <th scope="col" class="right" title={column.title}>
      {column.number}
    </th>
  );
}
