/** The example of docs/adding-a-service.md: looks up the names of a whole block of addresses. */
@NullMarked
package dev.signalbox.sweep;

import org.jspecify.annotations.NullMarked;
