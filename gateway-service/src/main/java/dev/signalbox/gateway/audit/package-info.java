/** Who changed what: a file with one line for each call that changes something. */
@NullMarked
package dev.signalbox.gateway.audit;

import org.jspecify.annotations.NullMarked;
