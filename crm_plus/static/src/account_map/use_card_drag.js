import { useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

/** A pointer that moves less than this has clicked, in pixels of the screen. */
const CLICK = 5;

/**
 * Cards that follow the pointer: mouse, pen or finger.
 *
 * @param {Object} params
 * @param {() => number} params.getZoom
 * @param {(id: number, point: {x: number, y: number}) => number|null} params.findTarget the card
 *     on which the dragged one would land with the pointer there, when it may
 * @param {(id: number, at: {x: number, y: number}, targetId: number|null) => void} params.onDrop
 */
export function useCardDrag({ getZoom, findTarget, onDrop }) {
    let from = null;
    const drag = useState({
        id: null,
        isMoving: false,
        /** for the click that ends a drag and is not meant to open anything */
        hasJustEnded: false,
        targetId: null,
        x: 0,
        y: 0,

        start(ev, id, at) {
            Object.assign(drag, { id, isMoving: false, targetId: null, x: at.x, y: at.y });
            const { left, top } = ev.currentTarget.getBoundingClientRect();
            const { clientX, clientY } = ev;
            from = { clientX, clientY, ...at, inX: clientX - left, inY: clientY - top };
        },
    });
    const stop = () => Object.assign(drag, { id: null, isMoving: false, targetId: null });
    useExternalListener(window, "pointermove", (ev) => {
        if (!drag.id) {
            return;
        }
        const dx = ev.clientX - from.clientX;
        const dy = ev.clientY - from.clientY;
        if (drag.isMoving || Math.hypot(dx, dy) >= CLICK) {
            const zoom = getZoom();
            const at = { x: Math.round(from.x + dx / zoom), y: Math.round(from.y + dy / zoom) };
            const point = { x: at.x + from.inX / zoom, y: at.y + from.inY / zoom };
            Object.assign(drag, { isMoving: true, ...at, targetId: findTarget(drag.id, point) });
        }
    });
    useExternalListener(window, "pointerup", () => {
        const { id, isMoving, x, y, targetId } = drag;
        stop();
        if (isMoving) {
            drag.hasJustEnded = true;
            browser.setTimeout(() => (drag.hasJustEnded = false));
            onDrop(id, { x, y }, targetId);
        }
    });
    useExternalListener(window, "pointercancel", stop);
    return drag;
}
