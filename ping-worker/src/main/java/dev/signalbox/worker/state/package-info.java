/** What a worker keeps on disk, so that nothing is pinged again after a kill or a power cut. */
@NullMarked
package dev.signalbox.worker.state;

import org.jspecify.annotations.NullMarked;
