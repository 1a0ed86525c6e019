// Two conveniences; every page reads whole without them.
(function () {
    'use strict';

    // A link to something folded away unfolds it.
    function unfold() {
        if (location.hash.length < 2) {
            return;
        }
        let target = null;
        try {
            target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        } catch (error) {
            return;
        }
        for (let at = target; at; at = at.parentElement) {
            if (at.tagName === 'DETAILS') {
                at.open = true;
            }
        }
        if (target) {
            target.scrollIntoView();
        }
    }
    window.addEventListener('hashchange', unfold);
    unfold();

    // Paper can't be unfolded.
    let folded = [];
    window.addEventListener('beforeprint', function () {
        folded = Array.from(document.querySelectorAll('details:not([open])'));
        folded.forEach(function (details) { details.open = true; });
    });
    window.addEventListener('afterprint', function () {
        folded.forEach(function (details) { details.open = false; });
        folded = [];
    });
})();
