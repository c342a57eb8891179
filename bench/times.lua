-- For wrk. Asks for the paths that follow “--” in turn, with a pause of so many milliseconds before
-- each (the first argument); then prints every time that it saw, with how often, and what went wrong.
local paths, pause, at = {}, 0, 0

function init(args)
    math.randomseed(os.time())
    pause = tonumber(args[1]) or 0
    for number = 2, #args do
        paths[number - 1] = args[number]
    end
    if #paths > 0 then
        request = function()
            at = at % #paths + 1
            return wrk.format("GET", paths[at])
        end
    end
    if pause > 0 then
        delay = function()
            return math.random(0, 2 * pause)
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
