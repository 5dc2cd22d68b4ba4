// The entry page: one form for both ways in. Enter presses the button that is shown, and managers of passwords know
// what to do. Who is not logged in leaves no texts behind.
import {forgetTexts} from "./forgetting.js";
const chooseWay = (form, isNew) => {
  form.elements.password.autocomplete = isNew ? "new-password" : "current-password";
  form.querySelector(".to-login").type = isNew ? "button" : "submit";
  form.querySelector(".to-register").type = isNew ? "submit" : "button";
};
const showOrHide = ({elements: {password}}) => { password.type = password.type === "password" ? "text" : "password"; };
document.addEventListener("change", ({target}) => {
  if (target.name === "way") chooseWay(target.form, target.value === "register");
});
document.addEventListener("click", ({target}) => {
  const button = target.closest?.(".show-password");
  if (button) showOrHide(button.form);
});
forgetTexts("chatroom.");
