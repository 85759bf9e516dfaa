/** Routes of servers on demand from what users have already: WireMock's mappings, OpenAPI. */
@NullMarked
package dev.signalbox.serverfactory.imports;

import org.jspecify.annotations.NullMarked;
