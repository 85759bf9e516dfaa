/** Errors as HTTP: which status a code becomes, and how each face words it. */
@NullMarked
package dev.signalbox.gateway.error;

import org.jspecify.annotations.NullMarked;
