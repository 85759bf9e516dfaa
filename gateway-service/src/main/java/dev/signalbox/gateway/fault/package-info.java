/** Faults as HTTP: which status a code becomes, and how each face words it. */
@NullMarked
package dev.signalbox.gateway.fault;

import org.jspecify.annotations.NullMarked;
