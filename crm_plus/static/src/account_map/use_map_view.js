import { onMounted, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";

import { fitZoom } from "./map_layout";

const ZOOMS = [0.2, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.5, 2];
/** Below this width of the page people stand in a list instead of a map, in pixels. */
const NARROW = 520;
/** A sheet of A4 laid across, without its margins, at 96 pixels an inch. */
const SHEET = { width: 1040, height: 600 };

/**
 * How the map is looked at: zoomed, filling the screen, printed.
 *
 * @param {{ el: HTMLElement }} root everything there is of the map
 * @param {{ el: HTMLElement }} canvas the part in which it is drawn
 * @param {() => {width: number, height: number}} getArea how large it is at 100 %
 */
export function useMapView(root, canvas, getArea) {
    const view = useState({
        zoom: 1,
        isFitted: true,
        isWide: false,
        isNarrow: false,

        get zoomText() {
            return `${Math.round(view.zoom * 100)} %`;
        },

        /** Look again how much room there is. */
        measure() {
            if (root.el) {
                view.isNarrow = !view.isWide && root.el.clientWidth < NARROW;
                if (view.isFitted) {
                    view.fit();
                }
            }
        },

        fit() {
            view.isFitted = true;
            if (canvas.el) {
                // a little less than the room: no scroll bars
                const { clientWidth, clientHeight } = canvas.el;
                const room = { width: clientWidth - 4, height: clientHeight - 4 };
                view.zoom = Math.floor(fitZoom(getArea(), room, view.isWide ? 1.6 : 1) * 100) / 100;
            }
        },

        zoomBy(direction) {
            view.isFitted = false;
            const larger = ZOOMS.find((zoom) => zoom > view.zoom + 0.001);
            const smaller = ZOOMS.findLast((zoom) => zoom < view.zoom - 0.001);
            view.zoom = (direction > 0 ? larger : smaller) || view.zoom;
        },

        /** Fill the screen, or go back to the page. */
        async toggleWide() {
            view.isWide = !view.isWide;
            view.isFitted = true;
            try {
                if (view.isWide) {
                    await document.documentElement.requestFullscreen();
                } else if (document.fullscreenElement) {
                    await document.exitFullscreen();
                }
            } catch {
                // a browser that does not allow it still shows the map over the whole page
            }
        },

        /** Print the map alone, on one page. */
        print() {
            root.el.style.setProperty("--account-map-print-zoom", fitZoom(getArea(), SHEET, 1.2));
            // for this print alone: a page cannot be turned for a part of the document
            const page = document.createElement("style");
            page.textContent = "@page { size: A4 landscape; margin: 10mm; }";
            document.head.append(page);
            document.body.classList.add("o_account_map_printing");
            const done = () => {
                document.body.classList.remove("o_account_map_printing");
                page.remove();
            };
            browser.addEventListener("afterprint", done, { once: true });
            window.print();
        },
    });
    let observer;
    onMounted(() => {
        observer = new ResizeObserver(() => view.measure());
        observer.observe(root.el);
    });
    onWillUnmount(() => observer.disconnect());
    useExternalListener(document, "fullscreenchange", () => {
        view.isWide = Boolean(document.fullscreenElement);
    });
    return view;
}
