/** What HTTP servers of the services need beyond Vert.x. */
@NullMarked
package dev.signalbox.platform.http;

import org.jspecify.annotations.NullMarked;
