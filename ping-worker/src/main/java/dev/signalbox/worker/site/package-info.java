/** The site's REST calls as a worker needs them, and when a failed one is repeated. */
@NullMarked
package dev.signalbox.worker.site;

import org.jspecify.annotations.NullMarked;
