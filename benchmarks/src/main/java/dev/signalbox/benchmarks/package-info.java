/** What Signalbox is measured against, as far as it is not a program of others. */
@NullMarked
package dev.signalbox.benchmarks;

import org.jspecify.annotations.NullMarked;
