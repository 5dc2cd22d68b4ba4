// A file that is dropped anywhere, or a link beside the fields, would take the page away. A text goes into the field
// that it is dropped on, a favourite among its like.
const TAKERS = "input, textarea, [contenteditable], .sidebar [data-kind=favourites]";
const isTaken = ({target, dataTransfer}) => target.closest?.(TAKERS) && !dataTransfer?.types.includes("Files");
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => {
  if (isTaken(event)) return;
  event.preventDefault();
  if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
}, true);
