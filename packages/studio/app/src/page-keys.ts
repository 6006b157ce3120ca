// Which keys are the page's own: not those that a control in focus takes for itself.

/** Controls that letters and digits mean nothing to: views may be changed with one of them in focus. */
const deaf = ["button", "checkbox", "color", "file", "radio", "range", "reset", "submit"];

/** Whether letters and digits are the control's: a select goes to the option that begins so, text is typed. */
export function takesLetters(target: { readonly tagName: string; readonly type?: string }): boolean {
  const name = target.tagName.toLowerCase();
  return (
    name === "select" || name === "textarea" || (name === "input" && !deaf.includes(target.type ?? "text"))
  );
}
