// The entry page: one form for both ways in. Enter presses the button that is shown, and managers of passwords know
// what to do. Who has logged out, here or in another tab, leaves no texts behind.
import {forgetLeft} from "./forgetting.js";
document.addEventListener("change", ({target: {name, value, form, dataset}}) => {
  if (name !== "way") return;
  form.elements.password.autocomplete = dataset.password;
  for (const way of ["login", "register"]) form.querySelector(`.to-${way}`).type = way === value ? "submit" : "button";
});
document.addEventListener("click", ({target}) => {
  const field = target.closest?.(".show-password")?.form.elements.password;
  if (field) field.type = field.type === "password" ? "text" : "password";
});
forgetLeft();
addEventListener("storage", forgetLeft);
