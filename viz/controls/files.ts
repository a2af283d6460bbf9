import { byId } from "../views/page.ts";

/** Lets traces be opened by the file picker or by dropping them on the page. */
export function listenToFiles(open: (file: File) => void): void {
  const picker = byId<HTMLInputElement>("file");
  picker.addEventListener("change", () => {
    const [file] = picker.files ?? [];
    if (file !== undefined) open(file);
    // So that the same file can be chosen again.
    picker.value = "";
  });
  const mark = (dropping: boolean) => document.body.classList.toggle("dropping", dropping);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", () => mark(false));
  addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) open(file);
  });
}
