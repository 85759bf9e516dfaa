/** Bodies and queries of clients, read strictly: JSON, Python literals, fields with problems. */
@NullMarked
package dev.signalbox.gateway.json;

import org.jspecify.annotations.NullMarked;
