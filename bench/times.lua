-- For wrk. Asks for the paths that follow “--” in turn; then prints every time that it saw, with how
-- often, and what went wrong.
local paths, at = {}, 0

function init(args)
    for number = 1, #args do
        paths[number] = args[number]
    end
    if #paths > 0 then
        request = function()
            at = at % #paths + 1
            return wrk.format("GET", paths[at])
        end
    end
end

function done(summary, latency, requests)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write("=", summary.duration, " ", failed, "\n")
    for number = 1, #latency do
        local time, count = latency(number)
        io.write("=", time, " ", count, "\n")
    end
end
