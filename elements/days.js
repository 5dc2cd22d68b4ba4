// Goes to a day in the room that is shown: from a line between days, and from the search.
import {callOffered, offer, zone} from "./context.js";
import {placeBeside} from "./dom.js";
import {inForm} from "./times.js";
const dayForm = document.querySelector(".to-day"), {day: dayField, zone: zoneField} = dayForm.elements;
offer("pickDay", (_, button) => {
  zoneField.value = zone(); dayField.max = inForm("iso", new Date());
  dayField.value = button.dataset.day ?? dayField.max;
  placeBeside(dayForm, button);
});
offer("toDay", (of) => { dayForm.hidePopover(); callOffered("showFound", of); });
